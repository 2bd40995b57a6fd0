"""One file per group of pages; each has its own ``urlpatterns``."""
