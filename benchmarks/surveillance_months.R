# Is the last month unusual, in R's surveillance (Farrington's algorithm)? A folder with counts.csv, areas by months.
# Prints the seconds that the calls took.
suppressMessages(library(surveillance))
counts <- t(as.matrix(read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "counts.csv"))))
months <- sts(observed = counts, start = c(2023, 1), frequency = 12)
begin <- proc.time()[["elapsed"]]
found <- farrington(months, control = list(range = nrow(counts), b = 2, w = 3))
cat(proc.time()[["elapsed"]] - begin, "\n")
