"""Appendix: a tool in strict mode, and what a model made of it."""

from demo_lib import Workshop

client = Workshop().model.client
asked = {"name": "text_to_sql", "arguments": '{"question": "How many sales?", "database": "sales"}'}
messages = [
    {"role": "user", "content": "How many sales?"},
    {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": asked}]},
    {"role": "tool", "tool_call_id": "c1", "content": '{"sql": "SELECT COUNT(*) FROM sales", "database": "sales"}'},
]

# slide: strict
tool_schema = {"type": "function", "function": {
    "name": "execute_sql",
    "description": "Execute a SQL query and return its rows",
    "strict": True,  # the arguments satisfy the schema, always
    "parameters": {
        "type": "object", "properties": {
            "query": {"type": "string"},
            "database": {"type": "string", "enum": ["sales", "analytics"]}},
        "required": ["query", "database"],  # strict wants every key here
        "additionalProperties": False,      # and no other
    },
}}
# slide: end
response = client.chat.completions.create(
    model="gpt-4o", messages=messages, tools=[tool_schema], tool_choice="required"
)
print(response.choices[0].message.tool_calls[0].function.arguments)
