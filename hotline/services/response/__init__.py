"""From a report to a customer who has been told: hunted, taken, followed up, handed over, resolved."""
