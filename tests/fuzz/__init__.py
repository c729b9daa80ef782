"""Bad input at every door, made by the thousand: a mutation fuzzer of the command line.

Input number N of seed S is one command on one folder of files, of which one was damaged, or whose options were: the
same for ever. `python -m tests.fuzz --inputs 1000 --seed 0` runs a thousand; the exit code is 1 where any fails.
Of each failure the files are kept, and the line that repeats it is printed.

What holds for every input:

- It ends with 0, 1 or 2: done, the data or the recipe is at fault, the command line is. No signal ends it.
- There is no traceback, nor any message of a library's own.
- What fails says one error and one hint. A hint can be typed: each option in it is one of the command that it is about,
  and no keyword of the library's stands in it that is an option elsewhere.
- What fails leaves nothing: no new file, no half of one, and the files that were there have the bytes they had.
- What succeeds accounts for its rows: the record adds up, what lies in the areas is what the map shows, and of a text
  file without quotation marks every line that is not blank is a row.
- It takes at most 4 GB of memory (addresses, but for those that loaded libraries hold unused) and 60 s of computing.
- Nothing that reaches the terminal is a control character: no escape, no bell, no mark that turns text.

Doors: files of incidents (CSV, packed CSV, UTF-16, Parquet, GeoParquet, XLSX, XLSB, XLS, GeoPackage, GeoJSON,
Shapefile, FlatGeobuf, KML, ZIP of CSVs and of Shapefiles, locked and oddly packed), of areas (the same layers),
tables (populations, lookups, comparators, classes, scores, recorded crime), layers of the toolkit's own in files of
each format and on standard input, layers for orientation, rasters, recipes of every section, checked and run, plans,
options, databases and their addresses, the answers of a site that is fetched from, and published folders, audited and
read beside the next edition; and every number of an option, a plan or a recipe, one at a time at an extreme.
"""
