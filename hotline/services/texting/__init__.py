"""Text messages that come in: what engineers command and what customers write."""
