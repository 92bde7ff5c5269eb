"""The GraphQL service over the results of the questions."""
