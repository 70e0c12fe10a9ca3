"""What something costs beside its floor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds by the service and by the floor."""

    service_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        """The service's time by the floor's."""
        return self.service_ms / self.floor_ms

    def times(self) -> dict[str, float]:
        """The ratio and what it is of, for programs."""
        return {"ratio": self.ratio, "service_ms": self.service_ms, "floor_ms": self.floor_ms}
