"""Collection: from a printed card to a card in hand, at the counter or at home. What the bank says of cards is bank's."""
