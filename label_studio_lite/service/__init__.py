"""The use cases, one verb each; where rules meet storage."""
