"""What is idle around a problem: words, openers, tails, marks; `framing` takes it off."""

from __future__ import annotations

import re

IDLE_WORDS = frozenset(
    re.findall(
        r"\S+",
        """i i'm im i've ive i'd i'll we we're we've me us my mine our you your u ur he she
        isn't isnt out ask something they his her their it it's its this that these those
        here one ones someone anyone everyone everybody friend friends friend's kid kids son
        daughter child grandma grandpa mom mum dad sister brother cousin boss colleague
        neighbour neighbor wife husband teacher professor prof tutor student students
        roommate the a an is are was were be been am to for from in on at of with and or as
        so if but because since while ok okay oh ah um uh hmm well alright hi hello hey hiya
        yo there all guys folks greetings good morning afternoon evening day dear chat
        please pls plz kindly thanks thank thx ty cheers tia advance much very lot lots many
        bunch really just quick quickly simple easy silly dumb stupid basic hard tricky
        tough nice fun big question questions problem problems exercise exercises task tasks
        homework hw worksheet class classes course exam exams test tests quiz midterm
        assignment assignments school college university uni textbook book chapter page
        newspaper magazine app math maths mathematics algebra calc calculus arithmetic
        geometry logic stuck confused lost tired bored rusty struggling struggle trouble
        help helping need needs want wants wanted got get getting gets keep keeps kept
        trying try tried figure understand know sure wrong different result results answer
        answers than calculator phone computer laptop broken broke dead died forgot forget
        remember lol haha lmao :) batteries battery studying study revising revision
        practice practise practicing preparing prepare review doing do working work sitting
        look looking wondering wonder curious again today tonight tomorrow yesterday asap
        urgent urgently due can't cant cannot couldn't don't dont didn't doesn't won't how
        could can would will might make sense found saw seen came across given asked told
        says said bothering bugging pondering another next last following below above head
        mind myself idea ideas clue hurts like love hate appreciate appreciated super great
        awesome sorry wait btw fyi yeah yes some any now gave give gives them thing stuff
        guess think thought thinking party trivia bet argue arguing settle about against
        calculators exactly either totally completely honestly actually basically literally
        somehow supposed struggled spent hours minutes long ago""",
    )
)
WORD = re.compile(r"[^\W_](?:[^\W_]|['’](?=[a-z]))*|[^\s\w,;:.!?…'’\"()—–-]+", re.I)
CLAUSE_END = re.compile(r"[,;:!?\n]|\.{1,3}(?=\s|$)|…| [-—–]+ ")
TAIL_START = re.compile(r"[,;!?\n)`$\]]|\.{1,3}(?=\s)|…| [-—–]+ | (?=\()")
ASKING = re.compile(
    r"(?:is|are|was|were|do|does|did|which|what|can|could|would|will|how|if|because|since|while|so"
    r" (?:is|are|does))\b",
    re.I,
)

_SUBJECTS = (
    "(?:maths?|algebra|calc|calculus|arithmetic|geometry|logic|equations?|simultaneous|linear|system"
    "|number|school|college|exam|test|home ?work|practice|quick|word|ai|cs|pre-?calc|trig|physics"
    "|discrete|high school) "
)
OPENER = re.compile(
    r"(?:(?:hi|hello|hey|hiya|yo|greetings|good (?:morning|afternoon|evening))"
    r"(?: (?:there|all|everyone|everybody|guys|folks|again|chat|tandem))?\b[,.!: ]*"
    r"|(?:ok(?:ay)?|so|um+|uh+|hm+|oh|please|pls|plz|kindly|btw|alright|anyway)\b[,.:! …]+"
    r"|(?:(?:this is|it'?s|here'?s one) )?(?:for|from|in) (?:my|our|the|a) (?:[a-z]+(?:'s)? ){0,2}"
    r"(?:home ?work|hw|worksheet|class|course|exam|test|quiz|midterm|assignment|textbook|book"
    r"|lesson)"
    r"(?: is)?[,: ]+"
    r"|(?:(?:a|an|just a|my|our) )?(?:(?:quick|silly|dumb|stupid|simple|easy|another|next|last"
    r"|first"
    r"|final|second|third|math|maths|algebra|homework|random|tricky|hard) ){1,3}"
    r"(?:one|question|problem|exercise|task|q)(?: here| for (?:you|me|u))?[:,.!-]+ *"
    r"|(?:my |our |a |an )?(?:" + _SUBJECTS + r"){0,2}(?:\d{1,2} )?"
    r"(?:home ?work|hw|(?:question|problem|exercise|puzzle|task|quiz))"
    r"(?: (?:for|from) (?:my|our) (?:[a-z]+ ){0,2}[a-z]+)?[:.] *"
    r"|(?:i(?:'m| am) |we(?:'re| are) )?(?:really |totally |a bit )?(?:stuck|lost|confused)"
    r"(?: (?:on|with|by|at) (?:this|that|these|the following|an?)(?: \w+)?)?[:.,!…-]+ *"
    r"|(?:can|could|will|would) (?:you|u|ya|someone|anyone|anybody|somebody)"
    r"(?: (?:please|pls|plz|kindly|possibly|quickly|maybe))?"
    r"(?: help (?:me|us|out)(?: out)?(?: to| and)?)?,? (?:please |pls |plz )?(?=[a-z])"
    r"|(?:please )?help(?: me| us)?(?: out)?(?: please)?(?: to| with this| with)?[:,!. ]+"
    r"|(?:i(?:'m| am) |just )?(?:wondering|curious)[,:]? (?=what|which|how|whether|if|is)"
    r"|(?:do |does )?(?:you|u|anyone|anybody|someone|somebody) (?:happen to )?know (?=wh|how|if)"
    r"|(?:i|we)(?:'d| would)? (?:(?:just|really) )?(?:need|want|like|have)(?: (?:you|u|help))?"
    r"(?: to(?: know)?| with)[: ]+"
    r"|(?:i(?:'m| am) )?not (?:really |quite |totally )?sure"
    r"(?: (?:about|how to do) (?:this|that|it)(?: one)?)?[,:.]+ *"
    r"|(?:one more|another one|next one|last one)(?: please)?[:,.]+ *"
    r"|(?:i|we) (?:just )?(?:need|want) (?=[-(\d√\\$])"
    r"|(?:i|we) (?:am|'m|are|'re) (?:supposed|trying|asked|told|required) to +"
    r"|(?:i(?:'m| am)|we(?:'re| are)|i'?m) (?:supposed|trying|asked|told|required) to +"
    r"|(?:i|we) (?:was|were|have been|got) (?:given|asked|told)(?: to| this)?[: ]+"
    r"|my (?:home ?work|teacher|worksheet|book|textbook|prof(?:essor)?|tutor|assignment|exam)"
    r" (?:says|said|asks|asked|wants|gave|reads)(?: me| us)?(?: to| this| for)?[: ]+)",
    re.I,
)  # what is dropped from the beginning
LOOKING = re.compile(
    r"(?:i(?:'m| am)|we(?:'re| are)|i'?m) (?:looking|searching) for "
    r"|(?:i|we)(?:'d| would)? (?:just )?(?:need|want|like)(?: to (?:find|know|get))? (?=the "
    r"|an? |all )"
    r"|(?:give|get) (?:me|us) (?=the |an? |all )|take (?=the (?:sum|product|difference|quotient))",
    re.I,
)  # "I need an antiderivative of" -> "find an antiderivative of"
TAIL = re.compile(
    r"(?:(?:and |so |then )?(?:what(?:'s|s| is| are| would be| will be| should be) (?:the|your|my)"
    r" (?:(?:final|correct|right) )?(?:result|answer|solution|outcome)s?(?: (?:here|then|please))?"
    r"|what (?:does|do|would|will|should) (?:this|that|it|these)(?: (?:all|then))?"
    r" (?:come (?:out )?to|equal|give(?: (?:me|us|you))?|make|work out to|evaluate to|be"
    r"|turn out to be)"
    r"|what(?:'s|s| is) (?:it|this|that)(?: (?:equal to|equal|worth))?"
    r"|what (?:do|will|would) (?:i|you|we|u) get|how much is (?:it|this|that)"
    r"|(?:only|just) (?:(?:give|tell) (?:me )?)?(?:the|your) (?:final )?(?:answer|result)"
    r"|(?:tell|give|show|get|let) me (?:know )?(?:the |your |what the )(?:final )?"
    r"(?:result|answer|solution)(?: is)?|answer only|final answer(?: only)?"
    r"|(?:and )?(?:please )?show (?:me )?(?:your|the|all(?: the| your)?|every) (?:steps?"
    r"|work(?:ing)?s?)"
    r"|step by step(?: if possible)?|no explanations?(?: needed| required)?|if (?:possible"
    r"|you can|u can)"
    r"|(?:any|some) (?:ideas?|help|hints?|clues?|thoughts?)(?: (?:please|is appreciated"
    r"|(?:would be )?appreciated))?|(?:can|could) (?:you|u|someone|anyone)(?: please)? (?:help"
    r"|assist)"
    r"(?: me)?(?: (?:out|with this|with it))?|how (?:do|would|can|should) (?:i|you|we|u)"
    r" (?:do|solve|approach|tackle|start|work out) (?:this|it|that|these)(?: one)?|need help"
    r"|help(?: me)?"
    r"|(?:please )?explain(?: (?:your (?:reasoning|steps|answer|working)|it|how|step by step))?"
    r"|(?:only|just) the number(?: please)?|yes or no"
    r"|(?:i think so,? )?(?:but )?(?:i'?m|i am) not (?:[a-z]+ )?sure(?: (?:how"
    r"|about (?:it|this|that)(?: one)?))?"
    r"|asking for a friend|thanks?(?: (?:a lot|so much|very much|in advance|a bunch|a million))*"
    r"|thank (?:you|u)(?: (?:so much|very much|in advance|a lot))*|thx|ty|tia|cheers|please|pls"
    r"|plz|asap"
    r"|lol|haha|quick(?:ly)?|anyone|for me|i(?:'d| would) (?:really )?appreciate (?:it|(?:any"
    r"|the|your) help)"
    r")[ ,.!?…:)]*)",
    re.I,
)  # what is dropped from the end
TAIL_JOINED = re.compile(
    r"(?:,? (?:and|then|and then) (?:please )?(?:tell|give|show|get) me (?:the|your) (?:final )?"
    r"(?:result|answer|solution)|,? (?:please|pls|plz|thx|thanks|for me|asap))[ .!?]*$",
    re.I,
)
BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,200}?)(?<=\S)\1")
FENCE = re.compile(r"^[ \t]*```[a-z]{0,12}[ \t]*$\n?", re.I | re.M)
TICKS = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
HEADING = re.compile(r"^(?:#{1,4} +(?=[A-Za-z])|> +)", re.M)
LABEL = re.compile(
    r"^\s*(?:(?:problem|question|exercise|task|q):"
    r"|(?:problem|question|exercise|task|ex|no|nr|part|q)\.? ?#?\d{0,3}[a-z]?\b[.)]"
    r"|#\d{1,3}[:.)]?)\s+"
    r"(?=\S)",
    re.I,
)
ASSIGNED = re.compile(
    r"^(board|grid|maze|puzzle|sudoku|points|cities|coordinates|numbers|cards|edges|nodes|matrix)"
    r"[ ]?=[ ]?(?=[\[({\"'])",
    re.I | re.M,
)
INTRODUCTION = re.compile(r"^([A-Za-z][A-Za-z' ,]{3,80}[a-z])\. *\n+(?=[-\d(\\$√])")
YOU = re.compile(r"\b(can|could|would|will|do|did|if|when|should|thank) u\b(?! ?[-=+*^/)(])", re.I)
