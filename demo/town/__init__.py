"""A town to test with: invented people and their forum at any size, the same rows for the same seed.

`plan` says how much of what; `chance` draws; `names` and `texts` make words; each module of `stages` writes some tables, part by
part, a transaction each; `ledger` remembers which parts stand, `building` goes through them.
"""
