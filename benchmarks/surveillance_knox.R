# The Knox test in R's surveillance: a folder with events.csv (x, y, day), metres, days, and how many permutations.
# Prints the seconds that the call took, and the number of pairs near in place and time.
suppressMessages(library(surveillance))
words <- commandArgs(trailingOnly = TRUE)
events <- read.csv(file.path(words[1], "events.csv"))
set.seed(1)
begin <- proc.time()[["elapsed"]]
found <- knox(dt = dist(events$day), ds = dist(events[c("x", "y")]), eps.t = as.numeric(words[3]),
              eps.s = as.numeric(words[2]), simulate.p.value = TRUE, B = as.integer(words[4]), .seed = 1)
taken <- proc.time()[["elapsed"]] - begin
cat(found$statistic, taken, "\n")
