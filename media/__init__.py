"""Pictures that people upload, whatever they are for: decoded, stored, linked to and served."""
