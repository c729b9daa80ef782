# Gi* by conditional permutation in R's spdep: a folder with values.csv and pairs.csv, and how many permutations.
# Prints the seconds that the call took, and writes one-sided p values.
suppressMessages(library(spdep))
words <- commandArgs(trailingOnly = TRUE)
values <- read.csv(file.path(words[1], "values.csv"))$value
pairs <- read.csv(file.path(words[1], "pairs.csv"))
neighbours <- split(pairs$j, factor(pairs$i, levels = seq_along(values)))
neighbours <- lapply(neighbours, function(near) if (length(near)) sort(as.integer(near)) else 0L)
class(neighbours) <- "nb"
attr(neighbours, "region.id") <- as.character(seq_along(values))
# With its own value held, an area's sum with and without it order the permutations alike: Gi has the p of Gi*.
weights <- nb2listw(neighbours, style = "B", zero.policy = TRUE)
begin <- proc.time()[["elapsed"]]
found <- localG_perm(values, weights, nsim = as.integer(words[2]), zero.policy = TRUE, alternative = "two.sided")
taken <- proc.time()[["elapsed"]] - begin
p <- attr(found, "internals")[, "Pr(folded) Sim"]
write.csv(data.frame(p = p), file.path(words[1], "p.csv"), row.names = FALSE)
cat(taken, "\n")
