"""What is kept of a delivery."""

from stamtafel.channels import rules


def test_a_letter_with_a_secret_keeps_its_subject_only() -> None:
    draft = {"subject": "Inloggen", "body": "Druk op de knop", "link": "https://x.example/desk/sign-in/link/geheim/"}
    assert rules.kept_when_done("sign-in", draft) == {"draft": {"subject": "Inloggen", "body": ""}}
    assert rules.kept_when_done("notice", draft) == {}
