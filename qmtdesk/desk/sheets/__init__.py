"""The sheets: numbers first, then the riskier step."""
