"""Ways to train. A recipe is a module with `configure(parameters)`, which gives a `relearn_training.recipe.Recipe`."""
