"""The files to the bank, whatever they order: form, numbers, chain, two people, closing, sending. It knows no stage."""
