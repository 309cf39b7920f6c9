"""What every training program of Relearn needs: configuration, data, folds, metrics, export, artifact."""
