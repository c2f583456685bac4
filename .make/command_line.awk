# What is wrong with make's command line, in one line; nothing if nothing is.
#
# Reads the Makefile, whose lines "## NAME (target, target): ..." say who takes what; "any" stands for every target.
# The environment says what was given: `given` holds names and `goals` targets, with spaces between.

function least(a, b) { return a < b ? a : b }

# Letters to insert, to leave out or to exchange, small or capital, to make one name of another.
function distance(from, to,    i, j, above, corner, row) {
    from = toupper(from)
    for (j = 0; j <= length(to); j++) row[j] = j
    for (i = 1; i <= length(from); i++) {
        corner = row[0]
        row[0] = i
        for (j = 1; j <= length(to); j++) {
            above = row[j]
            row[j] = least(least(above, row[j - 1]) + 1, corner + (substr(from, i, 1) != substr(to, j, 1)))
            corner = above
        }
    }
    return row[length(to)]
}

function is_taken(name,    i) {
    for (i = 1; i <= goals; i++)
        if (index(", " takers[name] ",", ", " goal[i] ",")) return 1
    return takers[name] == "any"
}

function complaint(name,    i, known, nearest, most) {
    if (name in takers)
        return "make " ENVIRON["goals"] " takes no " name ": it is for make " takers[name]
    most = length(name) / 2
    for (i = 1; i <= count; i++) {
        if (!is_taken(names[i])) continue
        known = known (known ? ", " : "") names[i]
        if (distance(name, names[i]) < most) {
            most = distance(name, names[i])
            nearest = names[i]
        }
    }
    return "make " ENVIRON["goals"] " knows no variable " name ": " \
        (nearest ? "did you mean " nearest "?" : \
        "it takes " known "; variables for programs go in front: " name "=... make " ENVIRON["goals"])
}

/^## [A-Z0-9_]+ \([a-z, -]+\): / {
    names[++count] = $2
    takers[$2] = substr($0, index($0, "(") + 1, index($0, ")") - index($0, "(") - 1)
}

/^[a-z-]+:([^=]|$)/ { targets[substr($0, 1, index($0, ":") - 1)] }

END {
    goals = split(ENVIRON["goals"], goal, " ")
    # After the targets before it are made, make would tell; and not at all of what is the name of a file or folder.
    for (i = 1; i <= goals; i++)
        if (!(goal[i] in targets)) {
            print "there is no target " goal[i] ": make help lists them; variables are written NAME=VALUE, without spaces"
            exit
        }
    all = split(ENVIRON["given"], given, " ")
    for (i = 1; i <= all; i++)
        if (!(given[i] in takers) || !is_taken(given[i])) {
            print complaint(given[i])
            exit
        }
}
