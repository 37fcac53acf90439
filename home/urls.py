from django.urls import path

from home import sitemap, views

urlpatterns = [
    path("", views.home, name="home"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap/pages.xml", sitemap.sitemap_pages, name="sitemap_pages"),
    path("sitemap/<int:part>.xml", sitemap.sitemap_part, name="sitemap_part"),
]
