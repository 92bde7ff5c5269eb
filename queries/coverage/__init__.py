"""Fund coverage: the network of money and needs, solved fairly and exactly, and the cells that it is rolled up to."""
