"""CSV, text and workbook tables."""
