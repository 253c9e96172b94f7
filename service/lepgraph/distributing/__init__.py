"""The files in which datasets are offered for download, built once per dataset version."""
