"""Messages that leave the house and come into it: contacts of those on watch, what they were sent, what they answered."""
