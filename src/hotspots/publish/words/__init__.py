"""Every sentence for people, written once for map, report, brief, workbook, QGIS and terminal."""
