"""Who must show a second factor: the roles that the installation names."""

from hotline.db.models import SignInMethod, User, UserSession
from hotline.services.operation import Operation


def must_have_second_factor(op: Operation, user: User) -> bool:
    """Whether the role of ``user`` is one that a password alone does not open."""
    return user.role in op.settings.second_factor_roles


def owes_second_factor(op: Operation, user: User, row: UserSession) -> bool:
    """Whether this session has to enrol a second factor before it may do anything else."""
    return row.method is SignInMethod.PASSWORD and must_have_second_factor(op, user)
