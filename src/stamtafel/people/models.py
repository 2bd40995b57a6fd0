"""Residents and staff."""

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from stamtafel.people.rules import Permission, permissions


class Resident(models.Model):
    """Somebody who left an address. The only place, with deliveries, where a resident's address is."""

    email = models.EmailField(unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=5, default="nl")
    created_at = models.DateTimeField(auto_now_add=True)
    secret = models.CharField(max_length=43, default=secrets.token_urlsafe)  # in links that only they get
    bounced_at = models.DateTimeField(null=True, blank=True)


class StaffManager(BaseUserManager["StaffMember"]):
    """Finds staff by mail address, whatever the case of its letters."""

    def get_by_natural_key(self, username: str | None) -> "StaffMember":
        return self.get(email__iexact=username)


class StaffMember(AbstractBaseUser):
    """Somebody who works for the municipality.

    Nobody has a password. Its column holds a random mark that every session carries: another mark
    (``set_unusable_password``) ends all sessions at once.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=120, blank=True)
    roles = models.JSONField(default=list)
    language = models.CharField(max_length=5, default="nl")
    is_active = models.BooleanField(default=True)
    oidc_subject = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = StaffManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["oidc_subject"],
                name="people_staff_subject_once",
                condition=~models.Q(oidc_subject=""),
            ),
            models.UniqueConstraint(Lower("email"), name="people_staff_email_once"),
        ]

    def can(self, permission: Permission) -> bool:
        """Whether one of the roles allows it; nobody who left may do anything."""
        return self.is_active and permission in permissions(self.roles)

    def get_username(self) -> str:
        return self.email

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs one staff member in, once and soon."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["expires_at"], name="people_signinlink_expiry")]


class RecoveryCode(models.Model):
    """A code that stands in once for the second factor. 80 random bits: a plain digest is enough."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "digest"], name="people_recoverycode_once"),
        ]
