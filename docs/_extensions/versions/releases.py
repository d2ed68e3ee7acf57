"""Which releases of PyTorch print what a page shows."""

from versions import record

#: The releases that were compared, the oldest first, and the place of the one that is shown.
RELEASES = [".".join(facts["release"].split(".")[:2]) for facts in reversed(record.compared())]
REFERENCE = RELEASES.index(record.load(record.VERSIONS)["reference"])


def of_page(others: list[record.Difference]) -> str:
    """Return the releases that print what a page shows: all that were compared but others'."""
    differing: set[str] = set()
    newest_old = ""
    for other in others:
        if other.source or not other.releases:
            continue
        start, _, end = other.releases.partition(" to ")
        if start in RELEASES:
            differing.update(RELEASES[RELEASES.index(start) : RELEASES.index(end or start) + 1])
        else:
            newest_old = max(newest_old, end or start, key=as_numbers)
    first = last = REFERENCE
    while first > 0 and RELEASES[first - 1] not in differing:
        first -= 1
    while last + 1 < len(RELEASES) and RELEASES[last + 1] not in differing:
        last += 1
    oldest = RELEASES[first]
    if first == 0 and newest_old:  # the old ones were run too, and differ up to here
        oldest = min(f"1.{int(newest_old.partition('.')[2]) + 1}", oldest, key=as_numbers)
    return oldest if oldest == RELEASES[last] else f"{oldest} to {RELEASES[last]}"


def as_numbers(release: str) -> tuple[int, ...]:
    """Return a release as numbers, which sort by age."""
    return tuple(int(part) for part in release.split(".")) if release else ()
