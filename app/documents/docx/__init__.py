"""The DOCX template, built by code: no binary stands in the repository."""
