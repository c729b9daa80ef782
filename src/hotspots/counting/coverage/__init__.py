"""What the files of incidents cover: which areas, in which months, and of which forces they are."""
