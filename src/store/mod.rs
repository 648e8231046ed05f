//! What must survive: the contract, in the words of the product.
