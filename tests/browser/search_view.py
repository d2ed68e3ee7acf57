"""Where the view of the search is in a page."""

RESULTS = "#search-results a"
FIELD = "input[type=search]"
FOCUSED = "document.activeElement.matches('%s')"
