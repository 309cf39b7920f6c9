"""What the bench compares with. Each takes a table, seconds, threads and a seed, and predicts the test part.

Predictions are probabilities [N, C] in the order of the classes, or numbers [N].
"""
