#!/bin/sh
# Patroni gives the address of the first primary. The password is that of the API: ZEROTEN_DB_PASSWORD.
set -eu
psql --set ON_ERROR_STOP=1 --set "password=$ZEROTEN_DB_PASSWORD" "$1" <<'SQL'
create role zeroten login password :'password';
create database nps owner zeroten;
SQL
