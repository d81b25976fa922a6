"""The pages of records: their names, who looks at them, and where they are."""

PAGES = [
    ("documents of my case", "testa", "/mina-sidor/arenden/{number}/handlingar"),
    ("my data", "testa", "/mina-sidor/mina-uppgifter"),
    ("readers of my case", "testa", "/mina-sidor/arenden/{number}/oppnat"),
    ("documents at the desk", "registrator-tn", "/handlaggning/arenden/{decided_case}/handlingar"),
    ("documents for a handler", "handlaggare-tn", "/handlaggning/arenden/{number}/handlingar"),
    ("diary", "handlaggare-tn", "/handlaggning/diarium"),
    ("past its time", "registrator-tn", "/handlaggning/gallring"),
    ("disposal of a case", "registrator-tn", "/handlaggning/arenden/{decided_case}/gallra"),
]
