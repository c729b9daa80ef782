"""What may leave the house: an analysis of which every figure is made of counts that a profile lets be published."""
