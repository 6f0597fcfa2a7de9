# nothing answered
