BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE answer_messages (
	message BIGINT NOT NULL, 
	answer TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT answer_messages_key PRIMARY KEY (message), 
	CONSTRAINT answer_messages_in_answers FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
);
INSERT INTO "answer_messages" VALUES(1576318495312838656,'hto8x7feAq2D',0);
INSERT INTO "answer_messages" VALUES(1576318495434473472,'ujDiJRsYzvoi',0);
INSERT INTO "answer_messages" VALUES(1576318495715491840,'5YmYyVBy22dc',0);
INSERT INTO "answer_messages" VALUES(1576318495757434880,'rGb3Sgzw-F9V',0);
INSERT INTO "answer_messages" VALUES(1576318495849709568,'rGb3Sgzw-F9V',1);
INSERT INTO "answer_messages" VALUES(1576318495870681088,'NYYg2wpWmdtR',0);
INSERT INTO "answer_messages" VALUES(1576318495941984256,'pah_WQ9f9l6Y',0);
INSERT INTO "answer_messages" VALUES(1576318496000704512,'n22DUPyO5wD6',0);
INSERT INTO "answer_messages" VALUES(1576318496172670976,'TwVBfo6FZwh9',0);
INSERT INTO "answer_messages" VALUES(1576318505026846720,'AO4MKFbISd-r',0);
INSERT INTO "answer_messages" VALUES(1576318517890777088,'MUqZ562QbFvL',0);
CREATE TABLE answers (
	id TEXT NOT NULL, 
	question BIGINT NOT NULL, 
	by_message INTEGER NOT NULL, 
	asker BIGINT NOT NULL, 
	server BIGINT, 
	channel BIGINT NOT NULL, 
	settings_channel BIGINT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	shown INTEGER NOT NULL, 
	CONSTRAINT answers_key PRIMARY KEY (id)
);
INSERT INTO "answers" VALUES('hto8x7feAq2D',1576318495241535488,1,1576318482767675394,1576318482767675396,1576318482767675398,1576318482767675398,1795894015,1);
INSERT INTO "answers" VALUES('ujDiJRsYzvoi',1576318495371558912,1,1576318482767675394,1576318482767675396,1576318482767675398,1576318482767675398,1795894015,2);
INSERT INTO "answers" VALUES('5YmYyVBy22dc',1576318495644188672,1,1576318482767675394,1576318482767675396,1576318482767675399,1576318482767675399,1795894015,1);
INSERT INTO "answers" VALUES('rGb3Sgzw-F9V',1576318495723880448,0,1576318482767675394,1576318482767675396,1576318482767675399,1576318482767675399,1795894015,1);
INSERT INTO "answers" VALUES('NYYg2wpWmdtR',1576318495853903872,0,1576318482767675395,1576318482767675396,1576318482767675398,1576318482767675398,1795894015,1);
INSERT INTO "answers" VALUES('pah_WQ9f9l6Y',1576318495929401344,0,1576318482767675395,1576318482767675396,1576318482767675398,1576318482767675398,1795894016,1);
INSERT INTO "answers" VALUES('n22DUPyO5wD6',1576318495992315904,0,1576318482767675395,1576318482767675396,1576318482767675398,1576318482767675398,1795894016,0);
INSERT INTO "answers" VALUES('TwVBfo6FZwh9',1576318496113950721,1,1576318482767675395,NULL,1576318496113950720,1576318496113950720,1795894016,1);
INSERT INTO "answers" VALUES('AO4MKFbISd-r',1576318504779382784,1,1576318482767675394,1576318482767675396,1576318482767675398,1576318482767675398,1795894018,0);
INSERT INTO "answers" VALUES('MUqZ562QbFvL',1576318505026846721,1,1576318482767675395,1576318482767675396,1576318482767675398,1576318482767675398,1795894018,0);
CREATE TABLE buttons (
	token TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	title TEXT NOT NULL, 
	action TEXT NOT NULL, 
	value TEXT NOT NULL, 
	saved_at BIGINT NOT NULL, 
	CONSTRAINT buttons_key PRIMARY KEY (token)
);
INSERT INTO "buttons" VALUES('G8JQ0TGbRLRgwtWn','chatbot','See the menu','say','menu',1795894015);
INSERT INTO "buttons" VALUES('4uG5tJNeRlFa14O8','chatbot','Opening hours','jump','hours',1795894015);
INSERT INTO "buttons" VALUES('xWWbu4WFZSpCEusJ','chatbot','Order Margherita','say','order margherita',1795894015);
INSERT INTO "buttons" VALUES('3a31m8PE94L13xy6','chatbot','Order Quattro Stagioni','say','order quattro stagioni',1795894015);
CREATE TABLE conversations (
	provider TEXT NOT NULL, 
	channel BIGINT NOT NULL, 
	id TEXT NOT NULL, used_at BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT conversations_key PRIMARY KEY (provider, channel)
);
INSERT INTO "conversations" VALUES('chatbase',1576318482767675398,'8e7e3c86-3152-4c76-96f6-12e8861add07',1795894015);
INSERT INTO "conversations" VALUES('chatbase',1576318496113950720,'b34ec159-a956-4406-8abe-68c8e8fa126e',1795894016);
CREATE TABLE facts (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT facts_key PRIMARY KEY (name)
);
CREATE TABLE preferences (
	scope TEXT NOT NULL, 
	target BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	server BIGINT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT preferences_key PRIMARY KEY (scope, target, name)
);
INSERT INTO "preferences" VALUES('server',1576318482767675396,'prefix',1576318482767675396,'?');
INSERT INTO "preferences" VALUES('server',1576318482767675396,'gender',1576318482767675396,'f');
INSERT INTO "preferences" VALUES('server',1576318482767675396,'retention',1576318482767675396,'300');
INSERT INTO "preferences" VALUES('channel',1576318482767675399,'provider',1576318482767675396,'chatbot');
CREATE TABLE runs (
	answer TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	provider TEXT NOT NULL, 
	state TEXT NOT NULL, 
	outcome TEXT, 
	began_at BIGINT NOT NULL, 
	token TEXT, 
	waited_ms INTEGER, 
	first_text_ms INTEGER, 
	total_ms INTEGER, 
	edits INTEGER NOT NULL, 
	retries INTEGER NOT NULL, 
	history_sent INTEGER NOT NULL, 
	history_left_out INTEGER NOT NULL, 
	error TEXT, 
	turn BIGINT, 
	follows INTEGER NOT NULL, 
	CONSTRAINT runs_key PRIMARY KEY (answer, number), 
	CONSTRAINT runs_in_answers FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
);
INSERT INTO "runs" VALUES('hto8x7feAq2D',1,'chatbase','done','whole',1795894015,NULL,2,15,26,2,0,0,0,NULL,1,0);
INSERT INTO "runs" VALUES('ujDiJRsYzvoi',1,'chatbase','done','whole',1795894015,NULL,1,15,26,2,0,2,0,NULL,2,0);
INSERT INTO "runs" VALUES('ujDiJRsYzvoi',2,'chatbase','done','whole',1795894015,NULL,2,15,15,2,0,2,0,NULL,2,1);
INSERT INTO "runs" VALUES('5YmYyVBy22dc',1,'chatbot','done','whole',1795894015,NULL,2,15,15,1,0,0,0,NULL,NULL,0);
INSERT INTO "runs" VALUES('rGb3Sgzw-F9V',1,'chatbot','done','whole',1795894015,NULL,7,20,23,2,0,0,0,NULL,NULL,0);
INSERT INTO "runs" VALUES('NYYg2wpWmdtR',1,'tamako','done','whole',1795894015,NULL,3,14,15,1,0,0,0,NULL,NULL,0);
INSERT INTO "runs" VALUES('pah_WQ9f9l6Y',1,'stammer','done','whole',1795894016,NULL,3,9,9,1,0,0,0,NULL,NULL,0);
INSERT INTO "runs" VALUES('n22DUPyO5wD6',1,'stammer','done','failed',1795894016,NULL,2,NULL,16,1,0,0,0,'Unreadable',NULL,0);
INSERT INTO "runs" VALUES('TwVBfo6FZwh9',1,'chatbase','done','whole',1795894016,NULL,1,13,21,2,0,0,0,NULL,3,0);
INSERT INTO "runs" VALUES('AO4MKFbISd-r',1,'chatbase','open',NULL,1795894018,NULL,NULL,NULL,NULL,0,0,0,0,NULL,NULL,0);
INSERT INTO "runs" VALUES('MUqZ562QbFvL',1,'chatbase','open',NULL,1795894018,NULL,NULL,NULL,NULL,0,0,0,0,NULL,NULL,0);
CREATE TABLE servers (
	bot BIGINT NOT NULL, 
	server BIGINT NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT servers_key PRIMARY KEY (bot, server)
);
INSERT INTO "servers" VALUES(1576318482767675392,1576318482767675396,NULL);
CREATE TABLE texts (
	answer TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	question TEXT NOT NULL, 
	content TEXT, 
	notices TEXT NOT NULL, 
	CONSTRAINT texts_key PRIMARY KEY (answer, number), 
	CONSTRAINT texts_in_runs FOREIGN KEY(answer, number) REFERENCES runs (answer, number) ON DELETE CASCADE
);
INSERT INTO "texts" VALUES('hto8x7feAq2D',1,'{"text": "What is a gecko?"}','["A gecko is a small lizard."]','[]');
INSERT INTO "texts" VALUES('ujDiJRsYzvoi',1,'{"text": "And what does it eat?"}','["It eats insects."]','[]');
INSERT INTO "texts" VALUES('ujDiJRsYzvoi',2,'{"text": "And what does it eat?"}','["It eats crickets."]','[]');
INSERT INTO "texts" VALUES('5YmYyVBy22dc',1,'{"text": "hello"}','["Buongiorno! \ud83c\udf55 Welcome to the pizzeria.", {"Buttons": {"title": "What would you like?", "buttons": [{"title": "See the menu", "action": "say", "value": "menu", "token": "G8JQ0TGbRLRgwtWn"}, {"title": "Opening hours", "action": "jump", "value": "hours", "token": "4uG5tJNeRlFa14O8"}, {"title": "Website", "action": "link", "value": "https://sandbox.invalid/pizzeria", "token": ""}]}}]','[]');
INSERT INTO "texts" VALUES('rGb3Sgzw-F9V',1,'{"text": "menu"}','["Fresh from the oven.\nTwo to choose from today:", {"Card": {"title": "Margherita", "subtitle": "Tomato, mozzarella, basil: 9 \u20ac", "image_url": "https://sandbox.invalid/pictures/margherita.png", "buttons": [{"title": "Order Margherita", "action": "say", "value": "order margherita", "token": "xWWbu4WFZSpCEusJ"}]}}, {"Card": {"title": "Quattro Stagioni", "subtitle": "Four corners, four seasons: 12 \u20ac", "image_url": "https://sandbox.invalid/pictures/quattro-stagioni.png", "buttons": [{"title": "Order Quattro Stagioni", "action": "say", "value": "order quattro stagioni", "token": "3a31m8PE94L13xy6"}, {"title": "What is in it?", "action": "link", "value": "https://sandbox.invalid/quattro-stagioni", "token": ""}]}}]','[]');
INSERT INTO "texts" VALUES('NYYg2wpWmdtR',1,'{"text": "Who are you, tamako?"}','["I am **Tamako**, a chatbot made by robin. Ask me anything you like. \ud83d\udc4b"]','[]');
INSERT INTO "texts" VALUES('pah_WQ9f9l6Y',1,'{"text": "Who are you, stammer?"}','["I am **Stella**, a chatbot made by Stammer.ai. Ask me anything you like. \ud83d\udc4b"]','[]');
INSERT INTO "texts" VALUES('n22DUPyO5wD6',1,'{"text": "Is it broken?"}',NULL,'["-# Stammer.ai sent something that is not an answer. Please try again in a few minutes."]');
INSERT INTO "texts" VALUES('TwVBfo6FZwh9',1,'{"text": "A question in private?"}','["This stays between us."]','[]');
INSERT INTO "texts" VALUES('AO4MKFbISd-r',1,'{"text": "tell me a long story"}',NULL,'[]');
INSERT INTO "texts" VALUES('MUqZ562QbFvL',1,'{"text": "and one for me?"}',NULL,'[]');
CREATE TABLE turns (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	provider TEXT NOT NULL, 
	channel BIGINT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	server BIGINT, 
	asker BIGINT NOT NULL, 
	question TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, hidden INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT turns_in_conversations FOREIGN KEY(provider, channel) REFERENCES conversations (provider, channel)
);
INSERT INTO "turns" VALUES(1,'chatbase',1576318482767675398,'8e7e3c86-3152-4c76-96f6-12e8861add07',1576318482767675396,1576318482767675394,'What is a gecko?','A gecko is a small lizard.',1795894015,0);
INSERT INTO "turns" VALUES(2,'chatbase',1576318482767675398,'8e7e3c86-3152-4c76-96f6-12e8861add07',1576318482767675396,1576318482767675394,'And what does it eat?','It eats crickets.',1795894015,0);
INSERT INTO "turns" VALUES(3,'chatbase',1576318496113950720,'b34ec159-a956-4406-8abe-68c8e8fa126e',NULL,1576318482767675395,'A question in private?','This stays between us.',1795894016,0);
CREATE TABLE user_keys (
	provider TEXT NOT NULL, 
	user_id BIGINT NOT NULL, 
	renewals INTEGER NOT NULL, 
	CONSTRAINT user_keys_key PRIMARY KEY (provider, user_id)
);
INSERT INTO "user_keys" VALUES('chatbot',1576318482767675394,1);
CREATE INDEX turns_by_conversation ON turns (provider, channel, conversation_id, id);
CREATE INDEX buttons_by_age ON buttons (saved_at);
CREATE INDEX answers_by_question ON answers (question);
CREATE INDEX answers_by_asker ON answers (asker, question);
CREATE INDEX answers_by_server ON answers (server, asked_at);
CREATE INDEX runs_unfinished ON runs (answer) WHERE state <> 'done';
CREATE INDEX answer_messages_by_answer ON answer_messages (answer);
CREATE INDEX turns_by_asker ON turns (asker, id);
CREATE INDEX turns_by_server ON turns (server, recorded_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('turns',3);
COMMIT;
