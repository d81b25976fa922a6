"""What every slice stands on: work, errors, words, money, the calendar."""
