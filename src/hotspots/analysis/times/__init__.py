"""Hot times: at what hours, weekdays, months and seasons incidents are; every incident accounted for."""
