"""Names of what ops and events are about."""

import json


def key_of(thing):
    """Names what an op or an event is about. One of an unknown kind is about itself."""
    match thing.get("type", thing.get("kind")):
        case "cell" | "figure" | "clear":
            return cell(thing["reporter"], thing["period"], thing["element"])
        case "submission":
            return form_of(thing["reporter"], thing["period"], thing["form"])
    return json.dumps(thing, sort_keys=True)


def cell(reporter, period, element):
    """Names a cell."""
    return f"cell|{reporter}|{period}|{element}"


def form_of(reporter, period, form):
    """Names a submission."""
    return f"submission|{reporter}|{period}|{form}"
