"""Slide 6: the model decides which tool to call."""

from demo_lib import Workshop

workshop = Workshop()
client = workshop.model.client  # openai.OpenAI; offline, the same SDK over a transport in this process
messages = [{"role": "user", "content": "What were total sales last quarter?"}]

# slide: tool call
tools = [{"type": "function", "function": {
    "name": "text_to_sql",
    "description": "Convert natural language to SQL query",
    "parameters": {"type": "object", "properties": {
        "question": {"type": "string"}, "database": {"type": "string"}}},
}}]

# the model decides WHEN to call which tool
response = client.chat.completions.create(
    model="gpt-4o", messages=messages, tools=tools, tool_choice="auto")

call = response.choices[0].message.tool_calls[0].function
print(call.name, call.arguments)
# slide: end
