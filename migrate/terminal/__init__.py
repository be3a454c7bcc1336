"""Results and questions for a person at a terminal.

Screens are lines made from results; nothing is decided here but what a person answers.

Others use: `batch_prompts`, `batch_screens`, `console`, `progress`, `prompts`, `run_screens`, `screens`,
`work_screens`.
"""
