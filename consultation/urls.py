from django.urls import path

from consultation.views import answering, drafting, parts, reading, running

app_name = "consultation"
urlpatterns = [
    path("", reading.list_consultations, name="list"),
    path("outcomes/", reading.outcomes, name="outcomes"),
    path("new/", drafting.new, name="new"),
    path("<slug:slug>/", reading.detail, name="detail"),
    path("<slug:slug>/compare/", reading.compare, name="compare"),
    path("<slug:slug>/questions/", reading.questions, name="questions"),
    path("<slug:slug>/results/", reading.results, name="results"),
    path("<slug:slug>/run/", reading.run, name="run"),
    path("<slug:slug>/answer/check/", answering.check, name="check"),
    path("<slug:slug>/answer/receipt/", answering.receipt, name="receipt"),
    path("<slug:slug>/answer/<int:number>/", answering.page, name="page"),
    path("<slug:slug>/answer/<int:number>/save/", answering.save, name="save"),
    path("<slug:slug>/preview/<int:number>/", drafting.preview, name="preview"),
    path("<slug:slug>/edit/", drafting.edit, name="edit"),
    path("<slug:slug>/edit/details/", drafting.details, name="edit_details"),
    path("<slug:slug>/edit/options/new/", parts.new_option, name="new_option"),
    path("<slug:slug>/edit/options/<int:pk>/", parts.edit_option, name="edit_option"),
    path("<slug:slug>/edit/discarded/new/", parts.new_discarded, name="new_discarded"),
    path("<slug:slug>/edit/documents/new/", parts.new_document, name="new_document"),
    path("<slug:slug>/edit/pages/new/", parts.new_page, name="new_page"),
    path("<slug:slug>/edit/pages/<int:pk>/", parts.edit_page, name="edit_page"),
    path("<slug:slug>/edit/pages/<int:pk>/questions/new/", parts.new_question, name="new_question"),
    path("<slug:slug>/edit/questions/<int:pk>/", parts.edit_question, name="edit_question"),
    path("<slug:slug>/edit/<slug:noun>/<int:pk>/move/<slug:direction>/", parts.move, name="move_part"),
    path("<slug:slug>/edit/<slug:noun>/<int:pk>/remove/", parts.remove, name="remove_part"),
    path("<slug:slug>/open/", running.open_it, name="open"),
    path("<slug:slug>/extend/", running.extend, name="extend"),
    path("<slug:slug>/withdraw/", running.withdraw, name="withdraw"),
    path("<slug:slug>/publish/", running.publish, name="publish"),
    path("<slug:slug>/outcome/", running.outcome, name="outcome"),
]
