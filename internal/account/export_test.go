package account

// Display is display, for tests of its forms.
var Display = display
