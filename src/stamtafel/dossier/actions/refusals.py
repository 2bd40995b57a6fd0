"""What the desk is told when something in a dossier can't be done."""


class DossierRefused(ValueError):
    """It can't be done; the sentence says why, that nothing is lost, and what to do."""
