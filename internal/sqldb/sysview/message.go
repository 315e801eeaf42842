package sysview

// message is a row of sys.messages.
type message struct {
	number   int32
	severity uint8
	text     string
}

// messages are those that RAISERROR can name by number: what the catalog procedures say, and what scripts raise in
// their likeness.
var messages = []message{
	{13000, 16, "Invalid option."},
	{14027, 16, "%s does not exist in the current database."},
	{14043, 16, "The parameter %s passed to stored procedure %s cannot be NULL."},
	{14262, 16, "The specified %s ('%s') does not exist."},
	{15001, 16, "Object '%ls' does not exist or is not a valid object for this operation."},
	{15007, 16, "'%s' is not a valid login or you do not have permission."},
	{15009, 16, "The object '%s' does not exist in database '%s' or is invalid for this operation."},
	{15010, 16, "The database '%s' does not exist. Supply a valid database name. To see available databases, use sys.databases."},
	{15014, 16, "The role '%s' does not exist in the current database."},
	{15097, 16, "The size associated with an extended property cannot be more than 7,500 bytes."},
	{15197, 16, "There is no text for object '%s'."},
	{15198, 16, "The name supplied (%s) is not a user, role, or aliased login."},
	{15250, 16, "The database name component of the object qualifier must be the name of the current database."},
	{15409, 11, "'%s' is not a role."},
	{15471, 10, "The text for object '%ls' is encrypted."},
	{15472, 10, "The object '%ls' does not have any indexes, or you do not have permissions."},
	{15477, 10, "Caution: Changing any part of an object name could break scripts and stored procedures."},
	{15600, 15, "An invalid parameter or option was specified for procedure '%s'."},
}

// Message is the text of a message that sys.messages has, with RAISERROR's marks for its arguments.
func Message(number int32) (text string, severity uint8, ok bool) {
	for i := range messages {
		if messages[i].number == number {
			return messages[i].text, messages[i].severity, true
		}
	}
	return "", 0, false
}

func messageRows(r *rows) {
	for _, m := range messages {
		r.add(m.number, 1033, m.severity, false, m.text)
	}
}
