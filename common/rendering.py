"""How forms become HTML: label, hint, error, control, in that order."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` in our dress; set as FORM_RENDERER."""

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_field.html"
