"""A report as files of an office: Word and PowerPoint, to be edited."""
