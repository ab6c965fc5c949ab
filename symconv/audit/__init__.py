"""Files of claims: every claim of a note found, judged and listed."""

from symconv.audit.finding import Finding
from symconv.audit.jobs import audit_files, pool
from symconv.audit.reading import audit_text

__all__ = ["Finding", "audit_files", "audit_text", "pool"]
