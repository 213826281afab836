"""The watchkeeper's console."""
