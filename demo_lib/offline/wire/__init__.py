"""OpenAI's protocol: what a request may hold, how it is shaped, and how a mistake is refused."""
