"""A register between file and books: everything by set, in SQL, so that 150,000 lines cost seconds and no memory."""
